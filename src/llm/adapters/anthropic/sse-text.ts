/** A server-sent event of Anthropic: named as its data's `type`. */
export function eventText(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
