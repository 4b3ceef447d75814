import { Refusal } from './answer.ts';
import type { Call } from './call.ts';
import type { AzureMachine, Fate } from './machine.ts';
import type { AzureWorld } from './world.ts';

/** Only so much of the end of each output comes back. */
const outputBytes = 4096;

type Plan = Omit<Fate, 'output'> & { readonly output: unknown };

/** What a script on a machine comes to: needs an agent that reports, and prints the way its system does. */
export function runCommandPlan(world: AzureWorld, machine: AzureMachine, call: Call, fate: Fate): Plan {
  const { commandId, script } = readBody(call.body);
  const isShell = commandId === 'RunShellScript';
  if (!isShell && commandId !== 'RunPowerShellScript')
    throw new Refusal(400, 'InvalidParameter', `The command id '${commandId}' is not known.`);
  if (machine.agent !== 'ready')
    return {
      ...fate,
      status: 'Failed',
      code: 'VMAgentStatusCommunicationError',
      message: `VM '${machine.name}' has not reported status for VM agent or extensions. Please verify that the OS is up and healthy, the VM has a running VM agent, and that it can establish outbound connections to Azure storage.`,
      output: null,
    };
  const { stdout, stderr } = fate.output ?? world.runScript(machine, script);
  return { ...fate, output: { value: machine.os === 'Linux' ? linux(stdout, stderr) : windows(stdout, stderr) } };
}

function readBody(body: string): { readonly commandId: string; readonly script: readonly string[] } {
  try {
    const { commandId = '', script = [] } = JSON.parse(body) as { commandId?: string; script?: string[] };
    return { commandId, script };
  } catch {
    throw new Refusal(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
  }
}

/** One entry with both streams in its message. */
function linux(stdout: string, stderr: string): Record<string, string>[] {
  const message = `Enable succeeded: \n[stdout]\n${end(stdout)}\n[stderr]\n${end(stderr)}`;
  return [{ code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Provisioning succeeded', message }];
}

function windows(stdout: string, stderr: string): Record<string, string>[] {
  const entry = (stream: string, message: string): Record<string, string> => ({
    code: `ComponentStatus/${stream}/succeeded`,
    level: 'Info',
    displayStatus: 'Provisioning succeeded',
    message,
  });
  return [entry('StdOut', end(stdout)), entry('StdErr', end(stderr))];
}

function end(text: string): string {
  return Buffer.from(text).subarray(-outputBytes).toString();
}
