/** What a section found beside what was wanted. */
export interface Finding {
  readonly wanted: string;
  readonly found: string;
  /** Undefined where the rounds differ too much, or the machine is too small, to say. */
  readonly met: boolean | undefined;
}

/** One table of the report. */
export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly findings?: readonly Finding[];
  readonly notes?: readonly string[];
}

export interface Effort {
  /** Interleaved rounds. */
  readonly rounds: number;
  /** Of load in each turn. */
  readonly seconds: number;
  /** Of the soak. */
  readonly minutes: number;
  /** Names of contestants; empty for those that the section has by itself. */
  readonly contestants: readonly string[];
  readonly tell: (line: string) => void;
}

export interface SectionKind {
  readonly name: string;
  readonly what: string;
  /** The number of the goal that it measures. */
  readonly goal: number;
  /** What is wanted, in words. */
  readonly wants: readonly string[];
  /** About how long it takes, in seconds, on a machine with nothing else to do. */
  readonly takes: (effort: Effort) => number;
  readonly run: (effort: Effort) => Promise<Section>;
}

/** A finding that is met from that figure on. */
export function atLeast(what: string, least: number, found: number, digits = 2): Finding {
  const met = Number.isNaN(found) ? undefined : found >= least;
  return { wanted: `${what} at least ${least}`, found: found.toFixed(digits), met };
}

/** A finding that is met up to that figure. */
export function atMost(what: string, most: number, found: number, digits = 2): Finding {
  const met = Number.isNaN(found) ? undefined : found <= most;
  return { wanted: `${what} at most ${most}`, found: found.toFixed(digits), met };
}
