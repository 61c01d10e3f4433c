-- AlterTable
ALTER TABLE "Account" ADD COLUMN "refused" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Invite" ADD COLUMN "claimChannelId" TEXT;

-- AlterTable
ALTER TABLE "Server" ADD COLUMN "sharingFailedChecks" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Server" ADD COLUMN "sharingWhy" TEXT;
ALTER TABLE "Server" ADD COLUMN "sharingSince" DATETIME;
