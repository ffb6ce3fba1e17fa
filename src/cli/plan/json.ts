/**
 * A plan for programs. Names are a public contract, told in the command's help.
 *
 * @module
 */
import type { Plan, SpacePlan } from "../../sync/mod.ts";

/**
 * Makes the object that is printed.
 *
 * @param plan The plan.
 * @param site The site that was asked.
 * @param database Where the index is.
 */
export function planJson(plan: Plan, site: string, database: string): Record<string, unknown> {
  const { lease } = plan;
  return {
    site,
    database,
    complete: plan.complete,
    estimate: plan.estimate,
    asked: plan.asked,
    writer: lease === null
      ? null
      : { run_id: lease.runId, since: lease.acquiredAt, expires_at: lease.expiresAt },
    spaces: plan.spaces.map(spaceJson),
  };
}

function spaceJson(planned: SpacePlan): Record<string, unknown> {
  const { space, account, going, error } = planned;
  const { attachments } = account;
  return {
    id: space.id,
    key: space.key,
    name: space.name,
    mode: planned.mode,
    status: planned.status,
    listed: account.listed,
    unchanged: account.unchanged,
    to_add: account.added,
    to_update: account.updated,
    to_restore: account.restored,
    to_delete: {
      trashed: going.trashed ?? 0,
      archived: going.archived ?? 0,
      moved: going.moved ?? 0,
      gone: going.gone ?? 0,
    },
    skipped: Object.fromEntries(account.skipped),
    failed: Object.fromEntries(account.failed),
    resting: planned.resting,
    resting_besides: planned.restingBesides,
    attachments: {
      listed: attachments.listed,
      unchanged: attachments.unchanged,
      to_add: attachments.added,
      to_update: attachments.updated,
      to_delete: attachments.deleted,
    },
    estimate: planned.estimate,
    notes: planned.notes,
    error: error?.message ?? null,
  };
}
