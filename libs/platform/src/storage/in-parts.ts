/** SQLite takes at most 32,766 parameters a statement. */
const IDS_AT_ONCE = 10_000;

/** Does a statement with a list of ids for as many of them at once as it may have; resolves to all of its rows. */
export async function inParts<Row>(
  ids: readonly string[],
  statement: (part: readonly string[]) => Promise<readonly Row[]>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
    for (const row of await statement(ids.slice(start, start + IDS_AT_ONCE))) rows.push(row);
  }
  return rows;
}

/** The same with a statement that removes; resolves to how many rows it removed. */
export async function removeInParts(
  ids: readonly string[],
  statement: (part: readonly string[]) => Promise<readonly { readonly numDeletedRows: bigint }[]>,
): Promise<number> {
  const results = await inParts(ids, statement);
  return results.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0);
}
