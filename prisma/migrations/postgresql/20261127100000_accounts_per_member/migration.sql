-- AlterTable
ALTER TABLE "Guild" ADD COLUMN     "maxAccounts" INTEGER NOT NULL DEFAULT 1;

-- AlterTable
ALTER TABLE "SignIn" ADD COLUMN     "accountName" TEXT,
ADD COLUMN     "externalId" TEXT,
ADD COLUMN     "serverId" TEXT;
