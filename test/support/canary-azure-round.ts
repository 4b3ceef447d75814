import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { failureOf } from '../../main/contract/failure.ts';
import type { SocketConnection } from '../../main/transport/client/socket-connection.ts';
import type { Answer } from './azure-double/answer.ts';
import { installAzureCli } from './azure-double/azure-cli.ts';
import { startAzureDouble } from './azure-double/azure-double.ts';
import type { Call } from './azure-double/call.ts';
import type { Fault } from './azure-double/faults.ts';
import { atBrowser } from './azure-double/person-at-browser.ts';
import { hitsOf, type Place } from './canaries.ts';
import { settleFor } from './company-in-azure.ts';
import { eventually } from './eventually.ts';
import { searchedEngine } from './searched-engine.ts';
import { witnessAzureSecrets } from './witness-azure-secrets.ts';

export interface AzureCanaryReport {
  /** How many there were of each kind. */
  readonly secrets: ReadonlyMap<string, number>;
  readonly places: readonly Place[];
  /** `slot in place`, outside of where the person put it. */
  readonly hits: readonly string[];
  /** `slot in place` for the file in which the person accepted it. */
  readonly accepted: readonly string[];
  /** Requests that were answered with themselves. */
  readonly echoed: number;
}

/** The one file that `keep_sign_in = "in clear on the disk"` asks for. */
const acceptedFile = /^azure-sign-in\.json/;
const patienceMs = 60_000;
const longestMs = 3_000;

/** All that a careless gateway could say back: the address, the headers with the token, the form with the code. */
const said = ({ target, headers, body }: Call): string => `${headers.authorization ?? ''} ${target} ${body}`;
const refused =
  (status: number, code: string, headers: Readonly<Record<string, string>> = {}) =>
  (call: Call): Answer => ({
    status,
    headers,
    body: { error: { code, message: said(call) } },
  });

/** The sign-in's own shape. */
const refusedToken = (call: Call): Answer => ({
  status: 400,
  body: { error: 'invalid_request', error_description: said(call) },
});

/** Every scripted way to fail, each with the request in it. */
const echoes: Readonly<Record<string, (call: Call) => Answer>> = {
  'bad request': refused(400, 'InvalidParameter'),
  unauthorized: refused(401, 'InvalidAuthenticationToken'),
  forbidden: refused(403, 'AuthorizationFailed'),
  'not found': refused(404, 'ResourceNotFound'),
  conflict: refused(409, 'OperationNotAllowed'),
  'no room': refused(409, 'AllocationFailed'),
  'server error': refused(500, 'InternalServerError'),
  'bad gateway': (call) => ({ status: 502, body: `<h1>Bad gateway</h1><pre>${said(call)}</pre>`, layout: 'html' }),
  'page of a network': (call) => ({ status: 200, body: `<h1>Welcome</h1>${said(call)}`, layout: 'html' }),
  'JSON that is cut': (call) => ({
    status: 200,
    body: `{"value": [{"name": "${said(call)}`,
    layout: 'raw',
    headers: { 'content-type': 'application/json' },
  }),
  redirect: (call) => ({ status: 307, headers: { location: `/elsewhere?${encodeURIComponent(said(call))}` } }),
  throttled: refused(429, 'SubscriptionRequestsThrottled', { 'retry-after': '1' }),
};

/**
 * Signs in to the stand-in for Azure in each of the three ways and asks everything of it, while it fails in every way and
 * says back what it was asked; the engine is killed with an order on its way. `leak`: the control, a machine that has a
 * token for a tag and prints it.
 */
export async function canaryAzureRound({ leak = false } = {}): Promise<AzureCanaryReport> {
  const folder = mkdtempSync(path.join(tmpdir(), 'va-'));
  const home = path.join(folder, 'home');
  const bin = path.join(folder, 'bin');
  mkdirSync(bin);
  const double = await startAzureDouble();
  const { world, login } = double;
  const secretsSeen = witnessAzureSecrets(double);
  login.deviceIntervalSeconds = 1;
  for (const action of ['start', 'powerOff', 'deallocate', 'restart', 'runCommand'] as const)
    world.durations[action] = 500;
  const subscription = world.addSubscription({ name: 'Production' });
  const note = leak ? double.tokens.issue(login.person, world.homeTenant.id).token : 'nothing';
  // One each: orders for one and the same machine are few in a minute, and Vigil waits for its turn.
  const stages = [
    'all is well',
    ...Object.keys(echoes),
    'a refresh that is refused',
    'after a kill',
    'a CLI that complains',
  ];
  const machineOf = (title: string): string => `web-${stages.indexOf(title)}`;
  for (const title of stages)
    subscription.addMachine({ name: machineOf(title), group: 'rg', hasBootDiagnostics: true, tags: { note } });
  world.runScript = () => ({ stdout: note, stderr: '' });
  const engineOf = searchedEngine(folder, home);
  const { say } = engineOf;
  settleFor({ double }, home, 'keep_sign_in = "in clear on the disk"\n');
  let echoed = 0;

  /** Whatever fits meets it until it is taken back. */
  const meeting = (matches: (call: Call) => boolean, echo: (call: Call) => Answer): (() => void) => {
    let answer: Answer = { status: 500 };
    const fault: Fault = {
      kind: 'answer',
      get answer() {
        return answer;
      },
    };
    return world.scriptFault(
      (call) => {
        if (!matches(call)) return false;
        answer = echo(call);
        echoed += 1;
        return true;
      },
      fault,
      { times: Number.POSITIVE_INFINITY },
    );
  };
  const isToken = ({ target }: Call): boolean => /\/oauth2\/v2\.0\/token/.test(target);
  const isArm = ({ target }: Call): boolean => !/oauth2|\.well-known|\/discovery\//.test(target);
  const isPiece = ({ target }: Call): boolean => /^\/bootdiagnostics\//.test(target);

  const signIn = async (engine: SocketConnection, way: 'browser' | 'device-code' | 'cli'): Promise<void> => {
    const prompt = await engine.call('azure.sign-in', { way }).catch(failureOf);
    say(`call azure.sign-in ${way}`, JSON.stringify(prompt));
    if (!('way' in prompt)) return;
    if (prompt.code !== null) login.approveDevice(prompt.code);
    else if (prompt.address !== null) await atBrowser(prompt.address, double.ca);
    const ended = await engine.call('azure.sign-in-wait', { id: prompt.id }).catch(failureOf);
    say(`call azure.sign-in-wait ${way}`, JSON.stringify(ended));
  };
  const isSignedIn = async (engine: SocketConnection): Promise<void> => {
    await eventually(
      'a machine of Azure in the fleet',
      async () => (await engine.call('machine.list', {})).some(({ name }) => name === machineOf('after a kill')),
      patienceMs,
    );
  };
  const asking = async (engine: SocketConnection, title: string): Promise<void> => {
    const machine = machineOf(title);
    const ask = async (name: string, work: () => Promise<unknown>): Promise<void> => {
      const answer = await work().catch(failureOf);
      say(`call ${name} (${title})`, JSON.stringify(answer ?? null));
    };
    const order = (name: string, begin: () => Promise<{ readonly id: string }>): Promise<void> =>
      ask(name, async () => engine.call('operation.wait', { operation: (await begin()).id }));
    const asked = [
      ask('azure.refresh', () => engine.call('azure.refresh', {})),
      order('azure.deallocate', () => engine.call('azure.deallocate', { machine })),
      order('azure.run-command', () => engine.call('azure.run-command', { machine, script: 'df -P' })),
      ask('azure.boot-log', () => engine.call('azure.boot-log', { machine })),
      ask('machine.screenshot', () => engine.call('machine.screenshot', { machine })),
    ];
    // Some wait for Azure to be well again; what they answer then is heard all the same.
    await Promise.race([Promise.all(asked), pause(title === 'all is well' ? patienceMs : longestMs)]);
    const last = [
      ask('azure.status', () => engine.call('azure.status', {})),
      ask('machine.get', () => engine.call('machine.get', { machine })),
      ask('machine.why', () => engine.call('machine.why', { machine })),
    ];
    await Promise.race([Promise.all(last), pause(longestMs)]);
  };
  const readAll = async (): Promise<void> => {
    for (const command of ['list', 'history', 'azure status', 'azure subscriptions', 'lifecycle daemon status'])
      for (const form of [[], ['--json']]) await engineOf.command([...command.split(' '), ...form]);
    await engineOf.command(['azure', 'boot-log', machineOf('all is well')]);
  };

  try {
    // Notes what it was handed and in which surroundings, then is the program that it stands for.
    const notes = path.join(folder, 'handed-over');
    const cli = installAzureCli(folder, double);
    const noting = `#!/bin/sh\n{ printf '%s\\n' "$0 $*"; env; } >> '${notes}'\n`;
    writeFileSync(path.join(bin, 'xdg-open'), noting, { mode: 0o755 });
    const az = (more: string): void =>
      writeFileSync(path.join(bin, 'az'), `${noting}${more}\nexec '${cli.program}' "$@"\n`, { mode: 0o755 });
    az('');
    const environment = { PATH: `${bin}${path.delimiter}${process.env.PATH}` };
    let engine = await engineOf.begin(environment);

    // The sign-in itself fails and says back the code, then succeeds.
    for (const title of ['bad request', 'server error', 'page of a network', 'JSON that is cut', 'redirect']) {
      const undo = meeting(isToken, title === 'bad request' ? refusedToken : (echoes[title] ?? refusedToken));
      await signIn(engine, 'device-code');
      if (title === 'bad request') await signIn(engine, 'browser');
      undo();
    }
    await signIn(engine, 'device-code');
    await signIn(engine, 'browser');
    await isSignedIn(engine);
    await asking(engine, 'all is well');
    for (const [title, echo] of Object.entries(echoes)) {
      const undo = meeting(isArm, echo);
      await asking(engine, title);
      undo();
      // Stores of pictures and logs are other computers, which fail by themselves.
      const undoPiece = meeting(isPiece, echo);
      await engineOf.command(['azure', 'boot-log', machineOf(title)]);
      undoPiece();
    }
    // A refresh that is refused, with the refresh token in the answer; then the person signs in again.
    const undoToken = meeting(isToken, refusedToken);
    double.tokens.challenge('insufficient_claims');
    await asking(engine, 'a refresh that is refused');
    double.tokens.challenge(null);
    undoToken();
    await signIn(engine, 'device-code');
    await readAll();

    // Killed with an order on its way; the next one reads the sign-in that was kept.
    await isSignedIn(engine);
    const before = double.requests.length;
    const letGo = world.scriptFault({ last: 'restart' }, { kind: 'hang', when: 'after' });
    await engine.call('machine.restart', { machine: machineOf('after a kill') }).catch(failureOf);
    await eventually(
      'an order on its way',
      () => double.requests.slice(before).some(({ path: asked }) => /\/restart$/i.test(asked)),
      patienceMs,
    );
    await engineOf.kill(engine);
    letGo();
    engine = await engineOf.begin(environment);
    await isSignedIn(engine);
    await asking(engine, 'after a kill');
    await readAll();
    say('call azure.sign-out', JSON.stringify(await engine.call('azure.sign-out', {})));

    // The tokens of the Azure CLI, which then says one in its complaint and in what is no JSON.
    await signIn(engine, 'cli');
    await isSignedIn(engine);
    const { token } = double.tokens.issue(login.person, world.homeTenant.id);
    for (const complaint of [
      `echo 'ERROR: Bearer ${token} was refused' >&2; exit 1`,
      `echo '{"accessToken": "${token}'`,
    ]) {
      az(`${complaint}; exit 0`);
      double.tokens.challenge('invalid_token');
      await asking(engine, 'a CLI that complains');
      double.tokens.challenge(null);
      await signIn(engine, 'cli');
    }
    await readAll();
    await engineOf.end(engine);
    engineOf.gather();
    say('handed over', readFileSync(notes, 'latin1'));

    const secrets = secretsSeen();
    const counts = new Map<string, number>();
    for (const { slot } of secrets) counts.set(slot, (counts.get(slot) ?? 0) + 1);
    return {
      secrets: counts,
      places: engineOf.places,
      hits: hitsOf(secrets, engineOf.places, (_slot, place) => acceptedFile.test(place)),
      accepted: hitsOf(secrets, engineOf.places, (_slot, place) => !acceptedFile.test(place)),
      echoed,
    };
  } finally {
    await engineOf.close();
    await double.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
