type Page<Item> = { items: Item[]; nextPageToken: string | undefined };

/**
 * Reads page after page, `limit` items at most. Ends also where a service answers the same token again, as one that
 * ignores tokens would for ever.
 */
export async function readPages<Item>(
  read: (pageToken: string | undefined) => Promise<Page<Item>>,
  limit = Infinity,
): Promise<Item[]> {
  const items: Item[] = [];
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    if (token !== undefined) seen.add(token);
    const page = await read(token);
    items.push(...page.items);
    token = page.nextPageToken;
  } while (token !== undefined && !seen.has(token) && items.length < limit);
  return items.slice(0, limit);
}
