-- AlterTable
ALTER TABLE "Account" ADD COLUMN     "signsInElsewhere" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Server" ADD COLUMN     "signInPlugins" TEXT,
ADD COLUMN     "templateAccountId" TEXT;
