"""Building blocks of the networks. They import only torch, `vocab` and `weights`."""
