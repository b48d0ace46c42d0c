"""Building blocks of the networks, one layer a file. They import only torch and the tables of ids."""
