import type { Clock } from '../../../main/engine/ports/clock.ts';
import type { Operations } from './operations.ts';
import type { Throttle } from './throttle.ts';
import type { Tokens } from './tokens.ts';
import type { AzureWorld } from './world.ts';

/** The parts that routes are made of. */
export interface Service {
  readonly clock: Clock;
  readonly world: AzureWorld;
  readonly operations: Operations;
  readonly tokens: Tokens;
  readonly throttle: Throttle;
}
