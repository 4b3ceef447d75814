import type { AzureSubscription } from '../../contract/azure.ts';
import type { EventSink } from '../../contract/events.ts';
import type { MachineState } from '../../contract/machine.ts';
import type { Settings } from '../../contract/settings.ts';
import { createStopSource } from '../../contract/stop-signal.ts';
import type { Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { Azure, AzureFault, AzurePower, AzureScope, AzureSubscriptionRow, AzureVm } from '../ports/azure.ts';
import type { AzureMachineRecord } from '../ports/azure-records.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identifiers } from '../ports/identifiers.ts';
import type { Log } from '../ports/log.ts';
import type { StateChange } from '../ports/state-store.ts';
import type { AzureFleet } from './azure-fleet.ts';
import type { AzureMachine } from './azure-view.ts';
import { joinInventory } from './join-inventory.ts';
import { firstWanted, observe } from './observe.ts';

/** Reads the chosen subscriptions again and again. What cannot be read costs itself: every other value stays and ages. */
export interface AzureRounds {
  /** One round; a second one waits for the first. `whole`: everything is described anew, subscriptions too. */
  run(whole: boolean): Promise<void>;
  /** Resolves when every round that was asked for has ended. */
  rest(): Promise<void>;
  subscriptions(): readonly AzureSubscription[];
  /** Asks Azure which subscriptions there are, now. */
  findSubscriptions(): Promise<AzureFault | null>;
  /** Another account, or none: nothing is known of its subscriptions. */
  forget(): void;
  /** An operation of this machine has ended: a list that was begun before says nothing about it. */
  settled(id: string): void;
  stop(): Promise<void>;
}

export interface AzureRoundsPorts {
  readonly azure: Azure;
  readonly fleet: AzureFleet;
  readonly events: EventSink;
  readonly ledger: Ledger;
  readonly notices: EngineNotices;
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly log: Log;
  settings(): Settings['azure'];
  /** Something is being done to it. */
  isBusy(id: string): boolean;
  /** It was read, and was in the state `before`; nothing of ours is being done to it. */
  saw(id: string, before: MachineState, power: AzurePower): void;
  /** Azure wants the person again. */
  signInNeeded(fault: AzureFault): void;
  /** Azure was read: the sign-in is good. */
  signInGood(): void;
  /** Machines of this subscription came into the fleet. */
  appeared(scope: AzureScope): void;
}

const subscriptionsMs = 900_000;
const describeMs = 600_000;
/** A list may lag behind the end of an operation. */
const settleMs = 15_000;
/** Machines that are asked for by themselves in a round, because a list no longer has them. */
const mostLooks = 20;
const subscriptionsAtOnce = 4;
/** So many new machines have an entry of the journal each; more have one together. */
const mostEntries = 20;
const readable = new Set(['enabled', 'warned', 'pastdue', 'unknown']);

interface Read {
  describedAt: number | null;
  trouble: AzureFault | null;
}

export function createAzureRounds(ports: AzureRoundsPorts): AzureRounds {
  const { azure, fleet, ledger, clock, notices } = ports;
  const stopping = createStopSource();
  let rows: readonly AzureSubscriptionRow[] | null = null;
  let foundAt = 0;
  const reads = new Map<string, Read>();
  const settledAt = new Map<string, number>();
  let working: Promise<void> = Promise.resolve();

  const readOf = (subscription: string): Read => {
    const known = reads.get(subscription);
    if (known !== undefined) return known;
    const made: Read = { describedAt: null, trouble: null };
    reads.set(subscription, made);
    return made;
  };
  const isChosen = ({ subscription, state }: AzureSubscriptionRow): boolean => {
    const { subscriptions } = ports.settings();
    return readable.has(state.toLowerCase()) && (subscriptions.length === 0 || subscriptions.includes(subscription));
  };

  const find = async (): Promise<AzureFault | null> => {
    const answer = await azure.subscriptions(stopping.signal);
    if (!answer.ok) {
      if (answer.fault.kind === 'signed-out') ports.signInNeeded(answer.fault);
      return answer.fault;
    }
    ports.signInGood();
    rows = answer.value;
    foundAt = clock.wallNow();
    return null;
  };

  const round = async (whole: boolean): Promise<void> => {
    if (ports.settings().sign_in === 'none') return;
    if (whole || rows === null || clock.wallNow() - foundAt > subscriptionsMs) {
      const fault = await find();
      // Without any list there is nothing to read; with an old one its machines are read all the same.
      if (fault !== null && rows === null) {
        trouble(fleet.all(), fault);
        notices.raise(
          'azure',
          'warning',
          `The machines of Azure cannot be read: ${fault.message}`,
          fault.hint ?? undefined,
        );
        return;
      }
    }
    notices.clear('azure');
    const chosen = (rows ?? []).filter(isChosen);
    await leave(new Set(chosen.map(({ subscription }) => subscription)));
    const waiting = [...chosen];
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (stopping.signal.aborted) return;
        await read(next, whole);
      }
    };
    await Promise.all(Array.from({ length: Math.min(subscriptionsAtOnce, chosen.length) }, work));
    fleet.announceAged();
    ports.events.publish('azure.read', { at: isoTime(clock.wallNow()) });
  };

  const read = async (row: AzureSubscriptionRow, whole: boolean): Promise<void> => {
    const state = readOf(row.subscription);
    const known = machinesOf(row.subscription);
    const isDue = whole || state.describedAt === null || clock.wallNow() - state.describedAt > describeMs;
    const begunAt = clock.wallNow();
    const [powers, vms] = await Promise.all([
      azure.powers(row, stopping.signal),
      isDue ? azure.describe(row, stopping.signal) : null,
    ]);
    const fault = !powers.ok ? powers.fault : vms !== null && !vms.ok ? vms.fault : null;
    if (stopping.signal.aborted) return;
    note(row, state, fault);
    const joined = joinInventory(
      known.map(({ record }) => record),
      { vms: vms?.ok === true ? vms.value : null, powers: powers.ok ? powers.value : null },
      ports.settings().resource_groups,
    );
    if (vms?.ok === true) state.describedAt = begunAt;
    await apply(joined.seen, begunAt, powers.ok);
    if (!powers.ok) trouble(known, powers.fault);
    for (const id of joined.replaced) await vanish(id, 'has gone: another machine has its name now');
    await appear(joined.appeared, begunAt, powers.ok);
    if (joined.appeared.length > 0) ports.appeared(row);
    await confirmMissing(joined.missing);
    if (joined.hasStrangers) state.describedAt = null;
    if (joined.hasStrangers && !isDue) await read(row, true);
  };

  const note = ({ subscription, name }: AzureSubscriptionRow, state: Read, fault: AzureFault | null): void => {
    state.trouble = fault;
    const id = `azure ${subscription}`;
    if (fault === null) {
      ports.signInGood();
      notices.clear(id);
      return;
    }
    if (fault.kind === 'signed-out') ports.signInNeeded(fault);
    else if (fault.kind !== 'cancelled') {
      notices.raise(
        id,
        'warning',
        `The subscription '${name}' cannot be read: ${fault.message}`,
        fault.hint ?? undefined,
      );
    }
  };

  const apply = async (
    seen: readonly { readonly id: string; readonly vm: AzureVm | null; readonly power: AzurePower | null }[],
    begunAt: number,
    hasPowers: boolean,
  ): Promise<void> => {
    const changes: StateChange[] = [];
    const next: AzureMachine[] = [];
    for (const { id, vm, power } of seen) {
      const machine = fleet.get(id);
      if (machine === undefined) continue;
      const isLate = ports.isBusy(id) || begunAt < (settledAt.get(id) ?? 0) + settleMs;
      const counts = isLate ? null : power;
      if (counts !== null) ports.saw(id, machine.record.state, counts);
      const record = observe(machine.record, vm, counts, isoTime(clock.wallNow()));
      if (record !== machine.record) changes.push({ kind: 'azure-machine-put', machine: record });
      // Left out of a list of powers that was read to its end: nothing is known of it now.
      const observedAt = counts !== null ? begunAt : machine.observedAt;
      const silence = hasPowers && power === null ? 'Azure says nothing about its state.' : null;
      next.push({ ...machine, record, observedAt, trouble: silence });
    }
    if (changes.length > 0) ledger.record(changes);
    for (const machine of next) putWhenChanged(machine);
  };

  /** A value that is merely younger is no news to anybody. */
  const putWhenChanged = (machine: AzureMachine): void => {
    const before = fleet.get(machine.record.id);
    const wasUnknown = before !== undefined && fleet.view(before).state === 'unknown';
    if (before?.record !== machine.record || before.trouble !== machine.trouble || wasUnknown) fleet.put(machine);
    else fleet.refresh(machine);
  };

  const trouble = (machines: readonly AzureMachine[], fault: AzureFault): void => {
    for (const { record } of machines) {
      const machine = fleet.get(record.id);
      if (machine !== undefined && machine.trouble !== fault.message) fleet.put({ ...machine, trouble: fault.message });
    }
  };

  const appear = async (
    appeared: readonly { readonly vm: AzureVm; readonly power: AzurePower | null }[],
    begunAt: number,
    hasPowers: boolean,
  ): Promise<void> => {
    if (appeared.length === 0) return;
    const now = isoTime(clock.wallNow());
    const records = appeared.map(({ vm, power }): AzureMachineRecord => {
      const blank: AzureMachineRecord = {
        id: ports.identifiers.uuid(),
        vm,
        wanted: firstWanted(power),
        state: 'unknown',
        power: null,
        provisioning: vm.provisioning,
        billed: null,
        notice: null,
        createdAt: now,
      };
      return { ...observe(blank, null, power, now), wanted: firstWanted(power) };
    });
    const changes = records.map((machine): StateChange => ({ kind: 'azure-machine-put', machine }));
    if (records.length > mostEntries) {
      ledger.record(changes, {
        action: 'azure.machines-appeared',
        actor: 'azure',
        summary: `${records.length} machines of Azure joined the fleet.`,
        details: { machines: records.length, subscription: records[0]?.vm.subscription ?? null },
      });
    } else {
      const happenings = records.map(({ id, vm, state }) => ({
        action: 'machine.adopted' as const,
        actor: 'azure' as const,
        machine: { id, name: vm.name },
        summary: `'${vm.name}' of the resource group ${vm.group} joined the fleet.`,
        details: { state, region: vm.region, size: vm.size },
      }));
      ledger.record(changes, ...happenings);
    }
    for (const [index, record] of records.entries()) {
      const hasPower = appeared[index]?.power != null;
      const silence = hasPowers && !hasPower ? 'Azure says nothing about its state.' : null;
      fleet.put({ record, observedAt: hasPower ? begunAt : null, trouble: silence, denied: [] });
    }
  };

  /** An empty list may mean that a right was lost: only a machine that is asked for and not found is gone. */
  const confirmMissing = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids.slice(0, mostLooks)) {
      const machine = fleet.get(id);
      if (machine === undefined || ports.isBusy(id) || stopping.signal.aborted) continue;
      const answer = await azure.look(machine.record.vm, false, stopping.signal);
      if (!answer.ok && answer.fault.kind === 'not-found')
        await vanish(id, 'is gone: somebody deleted or moved it in Azure');
      else if (!answer.ok) fleet.put({ ...machine, trouble: answer.fault.message });
      else if (!isInGroups(machine.record.vm)) await vanish(id, 'left the fleet: its resource group is not chosen');
    }
  };

  const isInGroups = ({ group }: AzureVm): boolean => {
    const groups = ports.settings().resource_groups;
    return groups.length === 0 || groups.some((each) => each.toLowerCase() === group.toLowerCase());
  };

  const vanish = async (id: string, how: string): Promise<void> => {
    const machine = fleet.get(id);
    if (machine === undefined) return;
    const { name } = machine.record.vm;
    ledger.record([{ kind: 'azure-machine-removed', id }], {
      action: 'machine.vanished',
      actor: 'azure',
      machine: { id, name },
      summary: `'${name}' ${how}.`,
      details: { state: machine.record.state, wanted: machine.record.wanted },
    });
    settledAt.delete(id);
    fleet.remove(id);
  };

  /** Machines of subscriptions that are not chosen any more. */
  const leave = async (chosen: ReadonlySet<string>): Promise<void> => {
    for (const { record } of fleet.all()) {
      if (chosen.has(record.vm.subscription) || ports.isBusy(record.id)) continue;
      // A subscription that is merely out of sight for a while keeps its machines.
      const row = rows?.find(({ subscription }) => subscription === record.vm.subscription);
      const { subscriptions } = ports.settings();
      const isUnwanted = subscriptions.length > 0 && !subscriptions.includes(record.vm.subscription);
      if (isUnwanted) await vanish(record.id, 'left the fleet: its subscription is not chosen');
      else if (row === undefined) trouble(machinesOf(record.vm.subscription), outOfSight);
      else
        trouble(machinesOf(record.vm.subscription), {
          ...outOfSight,
          message: `Its subscription is ${row.state} in Azure.`,
        });
    }
  };

  function machinesOf(subscription: string): readonly AzureMachine[] {
    return fleet.all().filter(({ record }) => record.vm.subscription === subscription);
  }

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const done = working.then(work);
    working = done.catch(() => undefined);
    return done;
  };

  return {
    run: (whole) => inTurn(() => round(whole)),
    rest: () => working,
    findSubscriptions: find,
    subscriptions: () =>
      (rows ?? []).map((row) => {
        const { describedAt = null, trouble: fault = null } = reads.get(row.subscription) ?? {};
        return {
          id: row.subscription,
          name: row.name,
          tenant: row.tenant,
          state: row.state,
          chosen: isChosen(row),
          machines: machinesOf(row.subscription).length,
          readAt: describedAt === null ? null : isoTime(describedAt),
          trouble: fault?.message ?? null,
        };
      }),
    forget: () => {
      rows = null;
      foundAt = 0;
      for (const id of reads.keys()) notices.clear(`azure ${id}`);
      reads.clear();
      notices.clear('azure');
    },
    settled: (id) => settledAt.set(id, clock.wallNow()),
    stop: async () => {
      stopping.stop('stopped');
      await working;
    },
  };
}

const outOfSight: AzureFault = {
  kind: 'not-found',
  message: 'The account does not see its subscription now.',
  hint: null,
  retryAfterMs: null,
};
