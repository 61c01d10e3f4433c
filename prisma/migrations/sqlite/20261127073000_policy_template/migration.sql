-- AlterTable
ALTER TABLE "Account" ADD COLUMN "signsInElsewhere" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Server" ADD COLUMN "signInPlugins" TEXT;
ALTER TABLE "Server" ADD COLUMN "templateAccountId" TEXT;
