import { flows } from '@payment-manager/mojaloop-connector';
import type { Step } from './explore.ts';
import { coreAnswerSteps } from './payee-core.ts';
import { hubAnswers } from './payee-hub.ts';
import { type PayeeNode, type PayeeSurroundings, payeeInput } from './payee-node.ts';

/** The key under which the core's answer to a person comes. */
const PERSON_ASKS_CORE = 'courtesy:core-ask';

/**
 * What a person may do about a transfer to us, as `./pm exceptions resolve` allows it now: ask the hub or the core, or have the
 * core told once more, one of them and once; and settle what is before them, once. Who settles may be wrong: from then on the truth
 * is theirs to answer for.
 */
export function payeePersonSteps(world: PayeeSurroundings, node: PayeeNode): readonly Step<PayeeNode>[] {
  const { state, now } = node.record;
  const steps = [...answersToPerson(world, node)];
  for (const allowed of flows.allowedPayeeActions(world.settings, state, now)) {
    if (allowed.action === 'settle') {
      if (state.settled === undefined)
        for (const as of allowed.as)
          steps.push(acts(world, node, `a person settles it as ${as}`, { action: 'settle', as }, { lied: true }));
      continue;
    }
    if (world.person === 'settles' || node.person !== 'idle' || !isCalled(node)) continue;
    if (allowed.action === 'ask-hub')
      steps.push(acts(world, node, 'a person asks the hub', { action: 'ask-hub' }, { person: 'asks the hub' }));
    if (allowed.action === 'ask-core')
      steps.push(acts(world, node, 'a person asks the core', { action: 'ask-core' }, { person: 'asks the core' }));
    if (allowed.action === 'resend-outcome')
      steps.push(acts(world, node, 'a person has the core told again', { action: 'resend-outcome', confirmed: true }, { person: 'acted' }));
  }
  return steps;
}

/** A person looks at what is before them; what was settled may turn out to be wrong. */
function isCalled({ record: { state } }: PayeeNode): boolean {
  return state.exception !== undefined || state.contradictions.length > 0 || state.settled !== undefined;
}

function acts(
  world: PayeeSurroundings,
  node: PayeeNode,
  label: string,
  act: flows.PersonAction,
  change: Partial<PayeeNode>,
): Step<PayeeNode> {
  const input: flows.PayeeInput = { type: 'person', act, reason: 'explored', by: 'explorer', nonce: '1' };
  return { ...payeeInput(world, node, label, input, change), mishap: true };
}

/** Hub and core answer a person at any time from then on, or never. */
function answersToPerson(world: PayeeSurroundings, node: PayeeNode): readonly Step<PayeeNode>[] {
  const done: PayeeNode = { ...node, person: 'acted' };
  if (node.person === 'asks the hub') return [{ label: 'the question of a person arrives', to: hubAnswers(done), mishap: true }];
  if (node.person === 'asks the core') return coreAnswerSteps(world, done, PERSON_ASKS_CORE).map((step) => ({ ...step, mishap: true }));
  return [];
}
