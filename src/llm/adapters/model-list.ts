/** The objects of a JSON list, which stands bare or under one of the given fields; empty for anything else. */
export function objectsIn(body: string, fields: readonly string[]): Record<string, unknown>[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return [];
  }
  const list = Array.isArray(parsed)
    ? parsed
    : fields.map((field) => fieldOf(parsed, field)).find(Array.isArray);
  return ((list ?? []) as unknown[]).filter(
    (item): item is Record<string, unknown> => typeof item === 'object' && item !== null,
  );
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[field] : undefined;
}
