import { describe, expect, it } from 'vitest';
import { VigilError } from '../../../main/contract/failure.ts';
import { bridgeConnection } from '../../../renderer/client/bridge-connection.ts';
import { fakeBridge } from '../support/fake-bridge.ts';
import { machineOf } from '../support/fleet-story.ts';

describe('the connection over the bridge', () => {
  it('turns a failed outcome into an error with its field and hint', async () => {
    const bridge = fakeBridge();
    bridge.answer('machine.start', () => {
      throw new VigilError('conflict', 'It is busy.', { field: 'machine', hint: 'Wait.' });
    });
    const failed = bridgeConnection(bridge).call('machine.start', { machine: 'x' });
    await expect(failed).rejects.toMatchObject({
      code: 'conflict',
      message: 'It is busy.',
      field: 'machine',
      hint: 'Wait.',
    });
    await expect(failed).rejects.toBeInstanceOf(VigilError);
  });

  it('says that the line is lost when the bridge itself fails', async () => {
    const connection = bridgeConnection({ call: () => Promise.reject(new Error('closed')), subscribe: () => () => {} });
    await expect(connection.call('machine.list', {})).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('hands each event to those who asked for its name, until they leave', () => {
    const bridge = fakeBridge();
    const connection = bridgeConnection(bridge);
    const heard: string[] = [];
    const leave = connection.subscribe('machine.changed', ({ name }) => heard.push(name));
    connection.subscribe('machine.removed', ({ name }) => heard.push(`gone ${name}`));
    bridge.publish('machine.changed', machineOf(1, 'one'));
    leave();
    bridge.publish('machine.changed', machineOf(2, 'two'));
    bridge.publish('machine.removed', { id: '1', name: 'one' });
    expect(heard).toEqual(['one', 'gone one']);
  });
});
