"""Work on texts beside the study: translation, and the dialogue about skin."""
