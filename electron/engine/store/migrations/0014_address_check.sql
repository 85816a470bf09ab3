CREATE TABLE `mail_domains` (
	`domain` text PRIMARY KEY NOT NULL,
	`takes_mail` integer NOT NULL,
	`checked_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `contacts` ADD `verdict` text;--> statement-breakpoint
ALTER TABLE `contacts` ADD `address_check` text;--> statement-breakpoint
CREATE INDEX `contacts_verdict` ON `contacts` (`verdict`,`created_at`,`id`) WHERE "contacts"."verdict" is not null and "contacts"."verdict" <> 'good';