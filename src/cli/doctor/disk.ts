import { format } from "@std/fmt/bytes";
import { type Check, failed, limited, ok, skipped } from "./check.ts";

/** Bytes below which not even a small site fits. */
const LEAST = 16 * 1024 * 1024;
/** Bytes below which a run may end on a full disk. */
const LITTLE = 512 * 1024 * 1024;

/** What the launcher found out about the disk the index is on. */
export interface Disk {
  /** Bytes this user may still write. */
  readonly free: number;
  /** Bytes of the index now. */
  readonly used: number;
}

/** Whether the disk has room: as much again as the index takes, for its journal and what changes. */
export function checkDisk(disk: Disk | null): Check {
  const name = "disk";
  if (disk === null) return skipped(name, "the index is on no disk of this machine, or it does not say");
  const free = `${format(disk.free, { binary: true })} free`;
  const remedy = "Free some space, or name an index on another disk with --db.";
  if (disk.free < LEAST) return failed(name, `${free}: too little to write anything`, remedy);
  if (disk.free < Math.max(LITTLE, disk.used)) {
    return limited(name, `${free}, the index takes ${format(disk.used, { binary: true })}`, remedy);
  }
  return ok(name, free);
}
