ALTER TABLE `contacts` ADD `owner_id` text;--> statement-breakpoint
CREATE INDEX `contacts_owner` ON `contacts` (`owner_id`,`created_at`,`id`) WHERE "contacts"."owner_id" is not null;--> statement-breakpoint
ALTER TABLE `events` ADD `profile_id` text;