/** A model in a list: what all protocols have in common, and what its own upstream says of it. */
export interface ListedModel {
  readonly id: string;
  /** Slug of the upstream that has it. */
  readonly owner: string;
  /** The upstream's own description, in its protocol's shape; absent for a configured model. */
  readonly raw?: Readonly<Record<string, unknown>>;
}
