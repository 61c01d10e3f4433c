-- AlterTable
ALTER TABLE "Guild" ADD COLUMN "maxAccounts" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "SignIn" ADD COLUMN "serverId" TEXT;
ALTER TABLE "SignIn" ADD COLUMN "externalId" TEXT;
ALTER TABLE "SignIn" ADD COLUMN "accountName" TEXT;
