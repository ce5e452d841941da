"""The page: one HTML file that shows what all labs have found, with an explorer and a quiz."""
