-- AlterTable
ALTER TABLE "Server" ADD COLUMN     "clientIdentifier" TEXT;

-- AlterTable
ALTER TABLE "Server" ADD COLUMN     "tokenMade" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "SignIn" ADD COLUMN     "clientIdentifier" TEXT;
