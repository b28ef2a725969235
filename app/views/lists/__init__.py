"""What panels with a list of records share: columns, states, filters, saved views, exporting."""
