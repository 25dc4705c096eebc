/** The organization of tokens and of ingest where nothing else is said. Its id is that of a fresh Svix server. */
export const DEFAULT_ORGANIZATION = 'org_23rb8YdGqMT0qIzpgGwdXfHirMu';
