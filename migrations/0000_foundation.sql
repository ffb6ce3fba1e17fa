CREATE TABLE `attachments` (
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`is_current` integer NOT NULL,
	`status` text NOT NULL,
	`page_id` text NOT NULL,
	`space_id` text NOT NULL,
	`filename` text NOT NULL,
	`media_type` text,
	`file_size` integer,
	`file_id` text,
	`download_url` text NOT NULL,
	`comment` text,
	`created_at` text,
	`updated_at` text NOT NULL,
	`version_author_id` text,
	`deleted_at` text,
	`deletion_reason` text,
	`run_id` text NOT NULL,
	`fetched_at` text NOT NULL,
	`sha256` text,
	`stored_bytes` integer,
	`stored_at` text,
	PRIMARY KEY(`id`, `version`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `attachments_one_current` ON `attachments` (`id`) WHERE is_current = 1;--> statement-breakpoint
CREATE INDEX `attachments_page` ON `attachments` (`page_id`,`id`) WHERE is_current = 1 AND deleted_at IS NULL;--> statement-breakpoint
CREATE INDEX `attachments_space` ON `attachments` (`space_id`,`updated_at`) WHERE is_current = 1 AND deleted_at IS NULL;--> statement-breakpoint
CREATE INDEX `attachments_run` ON `attachments` (`run_id`);--> statement-breakpoint
CREATE INDEX `attachments_file` ON `attachments` (`sha256`) WHERE sha256 IS NOT NULL;--> statement-breakpoint
CREATE TABLE `blog_posts` (
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`is_current` integer NOT NULL,
	`status` text NOT NULL,
	`title` text NOT NULL,
	`space_id` text NOT NULL,
	`space_key` text NOT NULL,
	`parent_id` text,
	`parent_type` text,
	`position` integer,
	`author_id` text,
	`owner_id` text,
	`subtype` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`version_message` text NOT NULL,
	`version_author_id` text,
	`minor_edit` integer NOT NULL,
	`url` text NOT NULL,
	`labels` text,
	`deleted_at` text,
	`deletion_reason` text,
	`run_id` text NOT NULL,
	`fetched_at` text NOT NULL,
	`body_format` text,
	`converter_version` integer,
	`search_title` text,
	`body_text` text,
	`search_text` text,
	`body` text,
	PRIMARY KEY(`id`, `version`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `blog_posts_one_current` ON `blog_posts` (`id`) WHERE is_current = 1;--> statement-breakpoint
CREATE INDEX `blog_posts_space` ON `blog_posts` (`space_id`,`updated_at`) WHERE is_current = 1 AND deleted_at IS NULL;--> statement-breakpoint
CREATE INDEX `blog_posts_converter` ON `blog_posts` (`converter_version`) WHERE body IS NOT NULL;--> statement-breakpoint
CREATE TABLE `containers` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`status` text,
	`title` text,
	`space_id` text NOT NULL,
	`parent_id` text,
	`parent_type` text,
	`position` integer,
	`author_id` text,
	`created_at` text,
	`updated_at` text,
	`url` text,
	`note` text,
	`run_id` text NOT NULL,
	`fetched_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `containers_space` ON `containers` (`space_id`);--> statement-breakpoint
CREATE TABLE `conversion_notes` (
	`page_id` text NOT NULL,
	`version` integer NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`count` integer NOT NULL,
	`detail` text,
	PRIMARY KEY(`page_id`, `version`, `kind`, `name`)
);
--> statement-breakpoint
CREATE TABLE `events` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`run_id` text NOT NULL,
	`kind` text NOT NULL,
	`subject` text NOT NULL,
	`subject_id` text NOT NULL,
	`version` integer,
	`space_id` text NOT NULL,
	`old_value` text,
	`new_value` text,
	`created_at` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `events_run` ON `events` (`run_id`);--> statement-breakpoint
CREATE INDEX `events_subject` ON `events` (`subject`,`subject_id`);--> statement-breakpoint
CREATE TABLE `failures` (
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`space_id` text,
	`reason` text NOT NULL,
	`message` text NOT NULL,
	`attempts` integer NOT NULL,
	`first_failed_at` text NOT NULL,
	`last_failed_at` text NOT NULL,
	`next_try_at` text NOT NULL,
	`run_id` text NOT NULL,
	PRIMARY KEY(`kind`, `id`)
);
--> statement-breakpoint
CREATE INDEX `failures_space` ON `failures` (`space_id`);--> statement-breakpoint
CREATE TABLE `leases` (
	`name` text PRIMARY KEY NOT NULL,
	`owner` text NOT NULL,
	`run_id` text NOT NULL,
	`acquired_at` text NOT NULL,
	`expires_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `links` (
	`from_page_id` text NOT NULL,
	`from_version` integer NOT NULL,
	`position` integer NOT NULL,
	`kind` text NOT NULL,
	`used_as` text NOT NULL,
	`text` text NOT NULL,
	`to_page_id` text,
	`to_space_key` text,
	`to_title` text,
	`anchor` text,
	`filename` text,
	`user_id` text,
	`url` text,
	PRIMARY KEY(`from_page_id`, `from_version`, `position`)
);
--> statement-breakpoint
CREATE INDEX `links_page` ON `links` (`to_page_id`) WHERE to_page_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `links_title` ON `links` (`to_space_key`,to_title COLLATE NOCASE) WHERE to_title IS NOT NULL;--> statement-breakpoint
CREATE TABLE `listed_ids` (
	`space_id` text NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	PRIMARY KEY(`space_id`, `kind`, `id`)
);
--> statement-breakpoint
CREATE TABLE `listed_labels` (
	`space_id` text NOT NULL,
	`page_id` text NOT NULL,
	`labels` text NOT NULL,
	PRIMARY KEY(`space_id`, `page_id`)
);
--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `page_histories` (
	`page_id` text PRIMARY KEY NOT NULL,
	`first_version` integer NOT NULL,
	`last_version` integer NOT NULL,
	`run_id` text NOT NULL,
	`fetched_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `page_labels` (
	`page_id` text NOT NULL,
	`label` text NOT NULL,
	`prefix` text NOT NULL,
	PRIMARY KEY(`page_id`, `prefix`, `label`)
);
--> statement-breakpoint
CREATE INDEX `page_labels_label` ON `page_labels` (`label`,`page_id`);--> statement-breakpoint
CREATE TABLE `pages` (
	`id` text NOT NULL,
	`version` integer NOT NULL,
	`is_current` integer NOT NULL,
	`status` text NOT NULL,
	`title` text NOT NULL,
	`space_id` text NOT NULL,
	`space_key` text NOT NULL,
	`parent_id` text,
	`parent_type` text,
	`position` integer,
	`author_id` text,
	`owner_id` text,
	`subtype` text,
	`created_at` text NOT NULL,
	`updated_at` text NOT NULL,
	`version_message` text NOT NULL,
	`version_author_id` text,
	`minor_edit` integer NOT NULL,
	`url` text NOT NULL,
	`labels` text,
	`deleted_at` text,
	`deletion_reason` text,
	`run_id` text NOT NULL,
	`fetched_at` text NOT NULL,
	`body_format` text,
	`converter_version` integer,
	`search_title` text,
	`body_text` text,
	`search_text` text,
	`body` text,
	PRIMARY KEY(`id`, `version`)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `pages_one_current` ON `pages` (`id`) WHERE is_current = 1;--> statement-breakpoint
CREATE INDEX `pages_title` ON `pages` (`space_key`,title COLLATE NOCASE) WHERE is_current = 1 AND deleted_at IS NULL;--> statement-breakpoint
CREATE INDEX `pages_space` ON `pages` (`space_id`,`updated_at`) WHERE is_current = 1 AND deleted_at IS NULL;--> statement-breakpoint
CREATE INDEX `pages_order` ON `pages` (`space_key`,`id`) WHERE is_current = 1 AND deleted_at IS NULL;--> statement-breakpoint
CREATE INDEX `pages_converter` ON `pages` (`converter_version`) WHERE body IS NOT NULL;--> statement-breakpoint
CREATE INDEX `pages_container` ON `pages` (`space_id`,`parent_type`,`parent_id`) WHERE is_current = 1 AND deleted_at IS NULL AND parent_type <> 'page';--> statement-breakpoint
CREATE INDEX `pages_run` ON `pages` (`run_id`,`space_key`,`id`);--> statement-breakpoint
CREATE TABLE `run_spaces` (
	`run_id` text NOT NULL,
	`space_id` text NOT NULL,
	`mode` text NOT NULL,
	`status` text NOT NULL,
	`listed` integer NOT NULL,
	`unchanged` integer NOT NULL,
	`added` integer NOT NULL,
	`updated` integer NOT NULL,
	`restored` integer NOT NULL,
	`skipped` integer NOT NULL,
	`failed` integer NOT NULL,
	`deleted` integer NOT NULL,
	`moved_in` integer NOT NULL,
	`moved_out` integer NOT NULL,
	`count_before` integer NOT NULL,
	`count_after` integer NOT NULL,
	`detail` text,
	PRIMARY KEY(`run_id`, `space_id`)
);
--> statement-breakpoint
CREATE TABLE `runs` (
	`id` text PRIMARY KEY NOT NULL,
	`command` text NOT NULL,
	`started_at` text NOT NULL,
	`completed_at` text,
	`status` text NOT NULL,
	`args` text NOT NULL,
	`metrics` text,
	`tool_version` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `runs_started` ON `runs` (`started_at`,`id`);--> statement-breakpoint
CREATE TABLE `spaces` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`status` text NOT NULL,
	`homepage_id` text,
	`created_at` text,
	`url` text NOT NULL,
	`fetched_at` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sync_state` (
	`space_id` text PRIMARY KEY NOT NULL,
	`mark` text,
	`body_format` text NOT NULL,
	`scope` text NOT NULL,
	`kinds` text NOT NULL,
	`deletions` text NOT NULL,
	`reconciled_at` text,
	`resume_link` text,
	`resume_since` text,
	`synced_at` text
);
--> statement-breakpoint
CREATE VIEW `current_attachments` AS select "id", "version", "is_current", "status", "page_id", "space_id", "filename", "media_type", "file_size", "file_id", "download_url", "comment", "created_at", "updated_at", "version_author_id", "deleted_at", "deletion_reason", "run_id", "fetched_at", "sha256", "stored_bytes", "stored_at" from "attachments" where is_current = 1 AND deleted_at IS NULL;--> statement-breakpoint
CREATE VIEW `current_blog_posts` AS select "id", "version", "is_current", "status", "title", "space_id", "space_key", "parent_id", "parent_type", "position", "author_id", "owner_id", "subtype", "created_at", "updated_at", "version_message", "version_author_id", "minor_edit", "url", "labels", "deleted_at", "deletion_reason", "run_id", "fetched_at", "body_format", "converter_version", "search_title", "body_text", "search_text", "body" from "blog_posts" where is_current = 1 AND deleted_at IS NULL;--> statement-breakpoint
CREATE VIEW `current_pages` AS select "id", "version", "is_current", "status", "title", "space_id", "space_key", "parent_id", "parent_type", "position", "author_id", "owner_id", "subtype", "created_at", "updated_at", "version_message", "version_author_id", "minor_edit", "url", "labels", "deleted_at", "deletion_reason", "run_id", "fetched_at", "body_format", "converter_version", "search_title", "body_text", "search_text", "body" from "pages" where is_current = 1 AND deleted_at IS NULL;--> statement-breakpoint
CREATE VIEW `deleted_pages` AS select "id", "version", "is_current", "status", "title", "space_id", "space_key", "parent_id", "parent_type", "position", "author_id", "owner_id", "subtype", "created_at", "updated_at", "version_message", "version_author_id", "minor_edit", "url", "labels", "deleted_at", "deletion_reason", "run_id", "fetched_at", "body_format", "converter_version", "search_title", "body_text", "search_text", "body" from "pages" where is_current = 1 AND deleted_at IS NOT NULL;