"""The viewport: one slice on screen with its words, letters, scale, marks and rulers."""
