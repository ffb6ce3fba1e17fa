ALTER TABLE `listed_labels` ADD `version` integer;--> statement-breakpoint
ALTER TABLE `listed_labels` ADD `updated_at` text;