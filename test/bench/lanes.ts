import { alertDelayLanes } from './alert-delay-lanes.ts';
import { alertLanes } from './alert-lanes.ts';
import { azureLanes } from './azure-lanes.ts';
import { diskLanes } from './disk-lanes.ts';
import { forecastCostLanes } from './forecast-lanes/forecast-cost-lanes.ts';
import { forecastWorthLanes } from './forecast-lanes/forecast-worth-lanes.ts';
import { idleLanes } from './idle-lanes.ts';
import type { Lane } from './lane.ts';
import { machineLanes } from './machine-lanes.ts';
import { memoryLanes } from './memory-lanes.ts';
import { pageLanes } from './page-lanes/page-lanes.ts';
import { shellLanes } from './shell-lanes.ts';
import { sshLanes } from './ssh-lanes/ssh-lanes.ts';
import { busyEngineLanes } from './store-lanes/busy-engine-lanes.ts';
import { storeLanes } from './store-lanes/store-lanes.ts';
import { waitingLanes } from './store-lanes/waiting-lanes.ts';
import { scheduleLanes } from './watch-lanes/schedule-lanes.ts';
import { tcpLanes } from './watch-lanes/tcp-lanes.ts';

/** Everything `npm run bench` can measure, in the order in which it does. */
export const lanes: readonly Lane[] = [
  ...machineLanes,
  ...diskLanes,
  ...storeLanes,
  ...busyEngineLanes,
  ...waitingLanes,
  ...shellLanes,
  ...memoryLanes,
  ...idleLanes,
  ...pageLanes,
  ...sshLanes,
  ...scheduleLanes,
  ...tcpLanes,
  ...alertLanes,
  ...alertDelayLanes,
  ...azureLanes,
  ...forecastCostLanes,
  ...forecastWorthLanes,
];
