"""The subcommands of `docsight-train`: each is a module with `main(arguments)`."""
