import type { CallContext } from '../../contract/calls.ts';
import { VigilError } from '../../contract/failure.ts';
import type { HealingRung } from '../../contract/healing.ts';
import type { Operation } from '../../contract/operation.ts';
import type { StopSignal } from '../../contract/stop-signal.ts';
import type { GuestCommandEnd } from '../ports/machine-guest.ts';
import type { Ssh, SshTarget } from '../ports/ssh.ts';
import type { Means } from './choose-ladder.ts';
import type { Patient } from './patient.ts';

/** What each rung does, over the verbs that a person has. */
export interface RungPorts {
  readonly ssh: Ssh;
  readonly signal: StopSignal;
  /** Where SSH of it answers now; null when it does not. */
  sshOf(id: string): SshTarget | null;
  /** Whether the agent of a local machine answered lately. */
  agentAnswers(id: string): boolean;
  runByAgent(id: string, program: string, args: readonly string[], timeoutMs: number): Promise<GuestCommandEnd>;
  rebootByAgent(id: string): Promise<void>;
  start(id: string, by: CallContext): Promise<Operation>;
  restart(id: string, force: boolean, by: CallContext): Promise<Operation>;
  revert(id: string, snapshot: string, by: CallContext): Promise<Operation>;
  waitFor(operationId: string): Promise<Operation>;
  isRunning(id: string): boolean;
}

const unitMs = 60_000;
const rebootMs = 20_000;

/** A sentence about what was done; rejects when it could not be done. */
export async function performRung(
  ports: RungPorts,
  rung: HealingRung,
  patient: Patient,
  means: Means,
  by: CallContext,
): Promise<string> {
  const { id, name, watch } = patient;
  const ended = async (begun: Operation): Promise<void> => {
    const operation = await ports.waitFor(begun.id);
    if (operation.state === 'done') return;
    throw new VigilError('internal', operation.error?.message ?? 'It was given up.');
  };
  switch (rung) {
    case 'restart-unit': {
      if (means.unit === null) throw new VigilError('refused', 'There is no unit to restart.');
      const how = await runInside(ports, id, 'restart', means.unit);
      return `Vigil restarted ${means.unit} on '${name}' ${how}.`;
    }
    case 'reboot': {
      const how = await rebootInside(ports, id);
      return `Vigil rebooted '${name}' ${how}.`;
    }
    case 'restart':
    case 'hard-restart':
      if (ports.isRunning(id)) await ended(await ports.restart(id, rung === 'hard-restart', by));
      else await ended(await ports.start(id, by));
      return `Vigil restarted '${name}'${rung === 'hard-restart' ? ' by force' : ''}.`;
    case 'revert': {
      const snapshot = watch.revert_snapshot ?? '';
      await ended(await ports.revert(id, snapshot, by));
      if (!ports.isRunning(id)) await ended(await ports.start(id, by));
      return `Vigil took '${name}' back to its snapshot '${snapshot}'.`;
    }
  }
}

/** By whichever way leads inside; the name of a unit was checked to hold nothing that a shell reads. */
async function runInside(ports: RungPorts, id: string, verb: 'restart', unit: string): Promise<string> {
  const target = ports.sshOf(id);
  if (target !== null) {
    const command = `if [ "$(id -u)" = 0 ]; then systemctl ${verb} ${unit}; else sudo -n systemctl ${verb} ${unit}; fi`;
    const { exitCode } = await ports.ssh.run(target, command, unitMs, ports.signal);
    if (exitCode === 0) return 'over SSH';
    throw new VigilError(
      'refused',
      `systemctl ended with ${exitCode}: ${target.user} must be root, or sudo must let it.`,
    );
  }
  if (!ports.agentAnswers(id)) throw new VigilError('unreachable', 'Neither SSH nor a guest agent leads inside.');
  const { exitCode, output } = await ports.runByAgent(id, '/bin/systemctl', [verb, unit], unitMs);
  if (exitCode === 0) return 'through its guest agent';
  throw new VigilError('refused', `systemctl ended with ${exitCode}: ${output.trim().slice(0, 200)}`);
}

async function rebootInside(ports: RungPorts, id: string): Promise<string> {
  if (ports.agentAnswers(id)) {
    await ports.rebootByAgent(id);
    return 'through its guest agent';
  }
  const target = ports.sshOf(id);
  if (target === null) throw new VigilError('unreachable', 'Neither SSH nor a guest agent leads inside.');
  // Behind our back, so that the answer comes before the session ends.
  const reboot =
    '(sleep 1; if [ "$(id -u)" = 0 ]; then systemctl reboot || reboot; else sudo -n systemctl reboot; fi) >/dev/null 2>&1 &';
  const { exitCode } = await ports.ssh.run(target, reboot, rebootMs, ports.signal);
  await ports.ssh.forget(target);
  if (exitCode === 0) return 'over SSH';
  throw new VigilError('refused', `It did not take the word: exit code ${exitCode}.`);
}
