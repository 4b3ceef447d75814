import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../../main/engine/azure/azure-opinions.ts';
import type { AzureOpinion } from '../../../../main/engine/ports/azure-insight.ts';

const opinion = (parts: Partial<AzureOpinion>): AzureOpinion => ({
  state: 'available',
  summary: '',
  broughtAboutBy: null,
  reason: null,
  since: null,
  activities: [],
  ...parts,
});

describe('the words for an opinion of Azure', () => {
  it('are none where Azure does not know: that is neither well nor down', () => {
    expect(wordsOf('web', opinion({ state: 'unknown' }))).toBeNull();
  });

  it('name the platform, or that somebody asked for it', () => {
    expect(wordsOf('web', opinion({ state: 'degraded', broughtAboutBy: 'platform' }))).toBe(
      "Azure says that 'web' is not quite well. The platform brought it about.",
    );
    expect(wordsOf('web', opinion({ state: 'unavailable', broughtAboutBy: 'somebody' }))).toBe(
      "Azure says that 'web' is not available. Somebody asked for it.",
    );
  });

  it('tell the last entry of its log', () => {
    const activities = [
      {
        at: 1,
        operation: 'Microsoft.Compute/virtualMachines/restart/action',
        status: 'Succeeded',
        caller: 'ann@contoso.com',
        category: 'Administrative',
        text: '',
      },
    ];
    expect(wordsOf('web', opinion({ activities }))).toBe(
      "Azure sees nothing wrong with 'web' from outside. Last in its log: restart by ann@contoso.com, succeeded.",
    );
  });
});
