"""Everything that paints. Views read lists and call services; they compute no money and no rights."""
