ALTER TABLE `sync_state` ADD `unproven_since` text;--> statement-breakpoint
ALTER TABLE `sync_state` ADD `unproven_by` text;