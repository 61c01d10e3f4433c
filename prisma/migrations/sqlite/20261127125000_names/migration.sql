-- AlterTable
ALTER TABLE "Member" ADD COLUMN "name" TEXT;
ALTER TABLE "Member" ADD COLUMN "nameKey" TEXT;
