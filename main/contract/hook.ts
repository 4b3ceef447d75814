import { z } from 'zod';

/** Scripts of a person that are told what happens to a machine. */

export const hookEvents = ['on_start', 'on_stop', 'on_failure', 'on_restart', 'on_destroy', 'on_healthy'] as const;
export type HookEvent = (typeof hookEvents)[number];

/** What each event means to a person. */
export const hookEventWords: Readonly<Record<HookEvent, string>> = {
  on_start: 'The machine was started',
  on_stop: 'The machine was stopped, or ended',
  on_failure: 'The machine failed or became unhealthy',
  on_restart: 'The machine, or a unit on it, was restarted by itself',
  on_destroy: 'The machine was deleted',
  on_healthy: 'The machine became healthy',
};

/** A script on this computer, by its whole path. */
export const HookPath = z
  .string({ error: 'Give the path of a script.' })
  .min(1, 'Give the path of a script.')
  .max(4096, 'A path has at most 4096 characters.')
  .regex(/^(?:\/|[A-Za-z]:[\\/])[^\p{Cc}]*$/u, 'Give the whole path of the script, from the root.');
