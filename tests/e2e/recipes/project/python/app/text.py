TEXT = "v1"
