// The registry of the Go module github.com/distribution/distribution with what a local one needs of it: images are files in a
// folder. The program of the module's own has the storage of several clouds besides.
package main

import (
	"log"

	"github.com/distribution/distribution/v3/registry"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
)

func main() {
	if err := registry.RootCmd.Execute(); err != nil {
		log.Fatal(err)
	}
}
