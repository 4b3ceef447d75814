import { randomBytes } from 'node:crypto';
import { type Answer, Refusal } from './answer.ts';
import type { Call } from './call.ts';
import type { AzureMachine } from './machine.ts';
import { machineOf, subscriptionOf } from './resource-lookup.ts';
import { matchPath, type Route } from './route.ts';
import type { Service } from './service.ts';

/** What a machine writes and shows while it starts: two addresses that are good for a while, without any token. */
export class BootDiagnostics {
  readonly #service: Service;
  readonly #granted = new Map<string, { readonly machine: AzureMachine; readonly until: number }>();

  constructor(service: Service) {
    this.#service = service;
  }

  get routes(): readonly Route[] {
    const { world, operations, clock } = this.#service;
    return [
      {
        method: 'POST',
        path: '/subscriptions/{sub}/resourceGroups/{rg}/providers/Microsoft.Compute/virtualMachines/{vm}/retrieveBootDiagnosticsData',
        cost: 'vm-update',
        right: 'Microsoft.Compute/virtualMachines/retrieveBootDiagnosticsData/action',
        handle: (call, found) => {
          const machine = machineOf(subscriptionOf(world, found), found);
          if (!machine.hasBootDiagnostics)
            throw new Refusal(409, 'OperationNotAllowed', `Boot diagnostics is not enabled for VM '${machine.name}'.`);
          const minutes = Number(call.query.get('sasuriexpirationtimeinminutes') ?? 120);
          const signature = randomBytes(24).toString('base64url');
          this.#granted.set(signature, { machine, until: clock.wallNow() + minutes * 60_000 });
          const base = `${operations.origin}/bootdiagnostics/${machine.vmId}/${machine.name}`;
          return {
            status: 200,
            body: {
              consoleScreenshotBlobUri: `${base}.screenshot.bmp?sv=2025-01-05&sr=b&sp=r&sig=${signature}`,
              serialConsoleLogBlobUri: `${base}.serialconsole.log?sv=2025-01-05&sr=b&sp=r&sig=${signature}`,
            },
            layout: 'pretty',
          };
        },
      },
    ];
  }

  /** Null when it is not one of those addresses. */
  blob(call: Call): Answer | null {
    const found = call.method === 'GET' ? matchPath('/bootdiagnostics/{id}/{file}', call.segments) : null;
    if (found === null) return null;
    const granted = this.#granted.get(call.query.get('sig') ?? '');
    if (granted === undefined || granted.until <= this.#service.clock.wallNow() || granted.machine.vmId !== found.id)
      throw new Refusal(403, 'AuthenticationFailed', 'Server failed to authenticate the request.');
    const isLog = found.file?.endsWith('.log') ?? false;
    return {
      status: 200,
      body: isLog ? granted.machine.serialLog : granted.machine.screenshot,
      layout: 'raw',
      headers: {
        'content-type': isLog ? 'text/plain' : 'image/bmp',
        'last-modified': new Date(this.#service.clock.wallNow()).toUTCString(),
        'x-ms-blob-type': isLog ? 'AppendBlob' : 'PageBlob',
      },
    };
  }
}
