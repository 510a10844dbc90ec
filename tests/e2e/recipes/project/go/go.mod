module recipes/server

go 1.21
