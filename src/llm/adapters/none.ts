/** Whether a field of an answer holds nothing: absent, null, an empty text or an empty list. */
export function isNone(value: unknown): boolean {
  return (
    value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  );
}
