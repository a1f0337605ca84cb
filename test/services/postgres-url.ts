/** The PostgreSQL server of these tests; each test makes a database of its own on it. */
export function postgresUrl(): string {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('These tests need DATABASE_URL');
  return url;
}
