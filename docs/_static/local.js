// Browsers let no page that is opened as a file read others, so that search shows no text of what it finds there.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
