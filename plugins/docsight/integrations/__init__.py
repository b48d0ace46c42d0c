"""docsight's components in other tools. Each module needs the extra that its docstring names."""
