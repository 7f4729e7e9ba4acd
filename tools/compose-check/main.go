// Command compose-check loads a Compose file as `docker compose config` would, without a container engine, and
// prints the resolved project as JSON. It exits with 1 and the reason when the file is not valid.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		fmt.Fprintln(os.Stderr, "usage: compose-check FILE [ENV-FILE]")
		os.Exit(2)
	}
	if err := check(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[1], err)
		os.Exit(1)
	}
}

func check(file string, envFiles []string) error {
	// Variables come from the given file only: the answer is the same on every machine.
	environment := []cli.ProjectOptionsFn{}
	if len(envFiles) > 0 {
		environment = append(environment, cli.WithEnvFiles(envFiles...), cli.WithDotEnv)
	}
	options, err := cli.NewProjectOptions(
		[]string{file},
		append(environment, cli.WithWorkingDirectory(filepath.Dir(file)), cli.WithResolvedPaths(false))...,
	)
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(project)
}
