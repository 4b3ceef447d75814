import { describe, expect, it } from 'vitest';
import { machineHref, routeOf } from '../../renderer/route.ts';

const machine = { page: 'machine', id: 'a b', tab: 'overview', at: null, entry: null } as const;

describe('addresses', () => {
  it.each([
    ['', { page: 'fleet' }],
    ['#/', { page: 'fleet' }],
    ['#/new', { page: 'new-machine' }],
    ['#/activity', { page: 'activity' }],
    ['#/hooks', { page: 'hooks' }],
    ['#/settings', { page: 'settings' }],
    ['#/machines/a%20b', machine],
    ['#/machines/a%20b/console', { ...machine, tab: 'console' }],
    ['#/machines/a%20b/nonsense', machine],
    ['#/machines/a%20b/timeline?entry=7', { ...machine, tab: 'timeline', entry: 7 }],
    ['#/machines/a%20b?at=2026-03-17T20:30:15Z', { ...machine, tab: 'timeline', at: '2026-03-17T20:30:15Z' }],
    ['#/machines/a%20b/timeline?entry=-1', { ...machine, tab: 'timeline' }],
  ])('%s leads to its page', (hash, route) => expect(routeOf(hash)).toEqual(route));

  it.each(['#/machines', '#/machines/%E0%A4%A', '#/../etc', '#javascript:alert(1)', '#/constructor'])(
    '%s leads to the fleet',
    (hash) => expect(routeOf(hash)).toEqual({ page: 'fleet' }),
  );

  it('an address survives the way there and back', () => {
    expect(routeOf(machineHref('a/b?c#d', 'timeline', 3))).toEqual({
      ...machine,
      id: 'a/b?c#d',
      tab: 'timeline',
      entry: 3,
    });
  });
});
