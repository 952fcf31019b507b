import type { Notes } from '../../conversation/notes.js';
import type { Size } from './image-request.js';

/** https://ai.google.dev/gemini-api/docs/imagen#imagen-configuration */
export const IMAGEN_RATIOS = ['1:1', '3:4', '4:3', '9:16', '16:9'];
/** https://ai.google.dev/gemini-api/docs/image-generation#aspect_ratios */
export const GEMINI_RATIOS = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9'];

/** Pixels along the side of a square. */
const STEPS = [
  { name: '1K', side: 1024 },
  { name: '2K', side: 2048 },
  { name: '4K', side: 4096 },
];

/** What a size is to a model that knows shapes and steps only. */
export interface Shape {
  readonly aspectRatio: string;
  /** Undefined where the model makes one size only. */
  readonly imageSize: string | undefined;
}

/**
 * The nearest shape and step, with a warning where they are not that very size.
 *
 * @param steps those that the model knows, e.g. `1K`; empty: it makes one size only, of about 1024 pixels squared
 */
export function shapeOf(
  { width, height }: Size,
  ratios: readonly string[],
  steps: readonly string[],
  notes: Notes,
): Shape {
  const aspectRatio = nearest(ratios, (ratio) => Math.abs(Math.log(width / height / valueOf(ratio))));
  const known = STEPS.filter(({ name }) => steps.includes(name));
  const usable = known.length > 0 ? known : STEPS.slice(0, 1);
  const side = Math.sqrt(width * height);
  const step = nearest(usable, (one) => Math.abs(Math.log(side / one.side)));
  // Of other shapes than the square each model has pixels of its own.
  if (width !== height || width !== step.side) notes.warn('approximated:size');
  return { aspectRatio, imageSize: known.length > 0 ? step.name : undefined };
}

function valueOf(ratio: string): number {
  const [width, height] = ratio.split(':').map(Number);
  return width! / height!;
}

function nearest<T>(choices: readonly T[], distance: (choice: T) => number): T {
  return choices.reduce((best, choice) => (distance(choice) < distance(best) ? choice : best));
}
