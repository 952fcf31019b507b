/** Something that this machine does not have: what needs it is left out, and the report says why. */
export class Unavailable extends Error {}
