import { agentCheck } from './agent-check.ts';
import type { Check } from './check.ts';
import { consoleCheck } from './console-check.ts';
import { diskCheck } from './disk-check.ts';
import { heartbeatCheck } from './heartbeat-check.ts';
import { httpCheck } from './http-check.ts';
import { memoryCheck } from './memory-check.ts';
import { powerCheck } from './power-check.ts';
import { processCheck } from './process-check.ts';
import { scriptCheck } from './script-check.ts';
import { sshLoginCheck } from './ssh-login-check.ts';
import { tcpCheck } from './tcp-check.ts';
import { unitCheck } from './unit-check.ts';

/** Every check there is; of those that find the same the one that stands first is named. */
export const allChecks: readonly Check[] = [
  sshLoginCheck,
  processCheck,
  powerCheck,
  unitCheck,
  httpCheck,
  tcpCheck,
  agentCheck,
  consoleCheck,
  scriptCheck,
  diskCheck,
  memoryCheck,
  heartbeatCheck,
];
