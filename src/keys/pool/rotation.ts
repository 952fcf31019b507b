import type { KeyRecord } from './key-record.js';
import type { Rotation } from './pool-state.js';

/** How turns are given out among the free keys of one priority (stride scheduling with variations). */
export interface RotationPolicy {
  /** How far behind the lane's virtual time a new key begins: half a step spreads the turns of heavy keys best. */
  start(weight: number): number;
  /** How far a key's pass moves when it is lent: its turn comes again after that much virtual time. */
  step(weight: number): number;
  /**
   * The pass of a key that comes back, or is new, when the lane's virtual time is `floor`: it does not catch up
   * on the turns it missed.
   */
  comeBack(own: number, floor: number, weight: number): number;
  /** What goes before the pass. */
  lead(key: KeyRecord): number;
  /** Whether `lead` changes with the calls in flight. */
  readonly followsLoad: boolean;
}

const stride = (weight: number): number => 1 / weight;
const halfStride = (weight: number): number => 0.5 / weight;
const later = (own: number, floor: number): number => Math.max(own, floor);

/** `random` has steps of exponential length, which makes each pick independent of those before, by weight. */
export function rotationPolicy(rotation: Rotation, random: () => number): RotationPolicy {
  const exponential = (weight: number): number => -Math.log(1 - random()) / weight;
  switch (rotation) {
    case 'round_robin':
      return { start: halfStride, step: stride, comeBack: later, lead: () => 0, followsLoad: false };
    case 'least_in_flight':
      return {
        start: halfStride,
        step: stride,
        comeBack: later,
        lead: (key) => key.inFlight / key.weight,
        followsLoad: true,
      };
    case 'sequential':
      return { start: () => 0, step: () => 0, comeBack: () => 0, lead: (key) => key.age, followsLoad: false };
    case 'random':
      return {
        start: exponential,
        step: exponential,
        comeBack: (own, floor, weight) => (own >= floor ? own : floor + exponential(weight)),
        lead: () => 0,
        followsLoad: false,
      };
  }
}
